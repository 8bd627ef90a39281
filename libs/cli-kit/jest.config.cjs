module.exports = { displayName: '@ticklake/cli-kit', preset: '../../jest.preset.cjs' };
