module.exports = { displayName: '@ticklake/tools', preset: '../jest.preset.cjs' };
