// How custom-elements.json, the machine-readable description of the elements, is made from their doc comments.
export default {
  globs: ['components/{chat,identity,pay,provider}/*.ts', 'components/internal/{client-element,element}.ts'],
  exclude: ['**/*.styles.ts', '**/define.ts'],
  outdir: '.',
  litelement: true,
  packagejson: false,
  plugins: [
    {
      name: 'documented-events',
      // An event class is also listed under the name of its first argument; only @fires says what is meant.
      packageLinkPhase({ customElementsManifest }) {
        for (const { declarations } of customElementsManifest.modules) {
          for (const declaration of declarations) {
            declaration.events &&= declaration.events.filter(({ description }) => description);
          }
        }
      },
    },
  ],
};
