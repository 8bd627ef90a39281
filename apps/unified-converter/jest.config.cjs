module.exports = { displayName: '@ticklake/unified-converter', preset: '../../jest.preset.cjs' };
