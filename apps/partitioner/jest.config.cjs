module.exports = { displayName: '@ticklake/partitioner', preset: '../../jest.preset.cjs' };
