module.exports = { displayName: '@ticklake/manifest', preset: '../../jest.preset.cjs' };
