module.exports = { displayName: '@ticklake/kernels', preset: '../../jest.preset.cjs' };
