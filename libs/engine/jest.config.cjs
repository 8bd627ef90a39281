module.exports = { displayName: '@ticklake/engine', preset: '../../jest.preset.cjs' };
