module.exports = { displayName: '@ticklake/core', preset: '../../jest.preset.cjs' };
