module.exports = { displayName: '@ticklake/tier-exporter', preset: '../../jest.preset.cjs' };
