module.exports = { displayName: '@ticklake/partition', preset: '../../jest.preset.cjs' };
