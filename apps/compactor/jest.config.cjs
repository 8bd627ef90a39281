module.exports = {
  displayName: '@ticklake/compactor',
  preset: '../../jest.preset.cjs',
  // The longest of all: it is what is left when the others are done.
  maxWorkers: 2,
};
