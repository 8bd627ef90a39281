module.exports = { displayName: '@ticklake/jobs', preset: '../../jest.preset.cjs' };
