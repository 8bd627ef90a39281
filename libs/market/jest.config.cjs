module.exports = { displayName: '@ticklake/market', preset: '../../jest.preset.cjs' };
