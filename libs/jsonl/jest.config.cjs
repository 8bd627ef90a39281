module.exports = { displayName: '@ticklake/jsonl', preset: '../../jest.preset.cjs' };
