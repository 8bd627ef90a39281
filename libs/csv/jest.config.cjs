module.exports = { displayName: '@ticklake/csv', preset: '../../jest.preset.cjs' };
