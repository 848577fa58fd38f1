/** Version of promptassay; a test holds it equal to package.json, so that `assay --help` need not read a file. */
export const VERSION = '0.1.0';
