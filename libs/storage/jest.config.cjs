module.exports = { displayName: '@ticklake/storage', preset: '../../jest.preset.cjs' };
