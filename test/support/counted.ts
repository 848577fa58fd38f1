/** A list that counts how often a member of it is looked at. */
export function counted<T>(list: T[]): { list: T[]; looks(): number } {
  let looks = 0;
  const proxy = new Proxy(list, {
    get(target, name, receiver) {
      if (typeof name === 'string' && /^\d+$/.test(name)) looks += 1;
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  return { list: proxy, looks: () => looks };
}
