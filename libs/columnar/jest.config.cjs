module.exports = { displayName: '@ticklake/columnar', preset: '../../jest.preset.cjs' };
