module.exports = { displayName: '@ticklake/parquet', preset: '../../jest.preset.cjs' };
