module.exports = { displayName: '@ticklake/shuffle', preset: '../../jest.preset.cjs' };
