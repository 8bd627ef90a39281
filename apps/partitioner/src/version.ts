/** The version that manifests and `--version` show; a test holds it to `package.json`. */
export const VERSION = '0.1.0';
