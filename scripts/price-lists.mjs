// The price list as the bundle holds it: the package's own code with the providers that models are looked up at, what prices are
// told by, and the units in which these are. All of its data, of some forty providers, takes as long to load as Node itself.
import { runInNewContext } from 'node:vm';

/** The data in the package's module, before all code: providers, and units by usage key. */
const DATA = /^const (?<lists>\w+) = \[\n[^]*?\n\], (?<units>\w+) = \{\n[^]*?\n\};\n/;

/**
 * The package's module with some of its data.
 * @param {string} code the package's `dist/index.js`
 * @param {string[]} ids of providers
 * @returns {string} a module with the same exports, for these providers
 * @throws where the module is not laid out as expected, or a list is not in it
 */
export function withPriceLists(code, ids) {
  const found = DATA.exec(code);
  if (!found) throw new Error('the price list does not begin with its data: see how the package is laid out now');
  const [data] = found;
  const { lists: listsName, units: unitsName } = found.groups;
  const [providers, units] = runInNewContext(`${data}[${listsName}, ${unitsName}]`);
  const lists = ids.map((id) => {
    const provider = providers.find((each) => each.id === id);
    if (!provider || provider.fallback_model_providers)
      throw new Error(`${id} is no price list that stands for itself`);
    return pricesOf(provider);
  });
  const kept = unitsOf(units, lists);
  return `const ${listsName} = ${parsed(lists)}, ${unitsName} = ${parsed(kept)};\n${code.slice(data.length)}`;
}

/** What `calcPrice` reads of a provider. */
function pricesOf({ id, name, api_pattern, provider_match, model_match, models }) {
  const prices = models.map(({ id: model, match, prices: of }) => ({ id: model, match, prices: of }));
  return { id, name, api_pattern, provider_match, model_match, models: prices };
}

/**
 * The units that are made of no other dimensions than those of the prices: with any two of them what they have in common and what
 * both are at once, which the package looks for.
 */
function unitsOf(units, lists) {
  const prices = lists.flatMap(({ models }) =>
    models.flatMap((model) => [model.prices].flat().map((each) => each.prices ?? each)),
  );
  const keys = new Set(prices.flatMap((each) => Object.keys(each)));
  const dimensionsOf = ({ dimensions }) => Object.entries(dimensions).map(([name, value]) => `${name}=${value}`);
  const priced = Object.entries(units).filter(([usageKey, { price_key: key = usageKey }]) => keys.has(key));
  const known = new Set(priced.flatMap(([, unit]) => dimensionsOf(unit)));
  return Object.fromEntries(
    Object.entries(units).filter(([, unit]) => dimensionsOf(unit).every((each) => known.has(each))),
  );
}

/** JSON is read faster than the same as code. */
function parsed(value) {
  return `JSON.parse(${JSON.stringify(JSON.stringify(value))})`;
}
