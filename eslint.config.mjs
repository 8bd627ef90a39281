import nx from '@nx/eslint-plugin';
export default [...nx.configs['flat/base'], ...nx.configs['flat/typescript'], { ignores: ['**/dist', '**/out-tsc'] }];
