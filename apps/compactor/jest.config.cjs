module.exports = { displayName: '@ticklake/compactor', preset: '../../jest.preset.cjs' };
