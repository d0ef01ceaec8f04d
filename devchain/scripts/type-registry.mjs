// The type registry of metadata v14: types are made by name, once, and stand in it as numbers.

/** A registry; `types.list` is what the metadata holds. */
export function typeRegistry() {
  const list = [];
  const known = new Map();

  const add = (key, describe) => {
    if (known.has(key)) return known.get(key);
    const id = list.length;
    known.set(key, id);
    list.push(undefined);
    list[id] = { id, path: [], params: [], docs: [], ...describe() };
    return id;
  };
  const field = (name, [type, typeName]) => ({ name, type, typeName, docs: [] });
  const fields = (named) =>
    Array.isArray(named)
      ? named.map((one) => field(undefined, [].concat(one)))
      : Object.entries(named).map(([name, one]) => field(name, [].concat(one)));
  const params = (named = {}) =>
    Object.entries(named).map(([name, type]) => ({ name, type: type ?? undefined }));

  return {
    list,
    primitive: (name) => add(name, () => ({ def: { tag: 'primitive', value: { tag: name } } })),
    vec: (type) => add(`Vec<${type}>`, () => ({ def: { tag: 'sequence', value: type } })),
    array: (len, type) => add(`[${type}; ${len}]`, () => ({ def: { tag: 'array', value: { len, type } } })),
    tuple: (...types) => add(`(${types})`, () => ({ def: { tag: 'tuple', value: types } })),
    compact: (type) => add(`Compact<${type}>`, () => ({ def: { tag: 'compact', value: type } })),
    /** A struct: `{name: type}` or, without names, `[type]`; a type may stand with its name in the source. */
    struct: (path, named, named_params) =>
      add(`${path} ${JSON.stringify(named_params)}`, () => ({
        path: path.split('::'),
        params: params(named_params),
        def: { tag: 'composite', value: fields(named) },
      })),
    /**
     * An enum: `{Name: fields}`, numbered from 0 or, as `{Name: {index, fields}}`, by index; made when it is asked for,
     * if it is a function, so that it may hold itself.
     */
    variants: (path, named, named_params) =>
      add(`${path} ${JSON.stringify(named_params)}`, () => ({
        path: path.split('::'),
        params: params(named_params),
        def: {
          tag: 'variant',
          value: Object.entries(typeof named === 'function' ? named() : named).map(
            ([name, one], position) => {
              const numbered = typeof one === 'object' && 'index' in one;
              return {
                name,
                index: numbered ? one.index : position,
                fields: fields(numbered ? (one.fields ?? []) : one),
                docs: [],
              };
            },
          ),
        },
      })),
  };
}
