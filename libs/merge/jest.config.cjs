module.exports = { displayName: '@ticklake/merge', preset: '../../jest.preset.cjs' };
