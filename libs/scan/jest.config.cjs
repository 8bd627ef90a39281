module.exports = { displayName: '@ticklake/scan', preset: '../../jest.preset.cjs' };
