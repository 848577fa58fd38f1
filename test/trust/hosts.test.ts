import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressProblem, allowedHosts, isLoopback, mayReach } from '../../src/trust/hosts.js';

const reach = (url: string, allow: string[] = [], trusted: string[] = []) =>
  mayReach(new URL(url), trusted, allowedHosts(allow).hosts);

describe('loopback needs no permission', () => {
  it.each([
    'http://localhost',
    'http://LOCALHOST:8080/v1',
    'http://127.0.0.1:1',
    'https://127.255.255.254/x',
    'http://[::1]:8080',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://127。0。0。1/',
  ])('%s', (url) => {
    expect(reach(url)).toBe(true);
  });
});

describe('what only looks like loopback is refused', () => {
  it.each([
    'http://localhost.evil.com',
    'http://127.0.0.1.evil.com',
    'http://evil.localhost',
    'http://localhost.',
    'http://localhost@evil.com',
    'http://127.0.0.1:80@evil.com/',
    'http://evil.com/127.0.0.1',
    'http://evil.com#localhost',
    'http://evil.com\\@localhost',
    'http://128.0.0.1',
    'http://0.0.0.0',
    'http://[::]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:8.8.8.8]',
    'http://[::1:1]',
    'http://169.254.169.254/latest',
    'http://10.0.0.1',
    'ftp://localhost/',
    'file:///etc/passwd',
    'ws://127.0.0.1/',
    'javascript:alert(1)',
  ])('%s', (url) => {
    expect(reach(url)).toBe(false);
  });

  it('no name that ends in another domain is loopback', () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    fc.assert(
      fc.property(fc.constantFrom('localhost', '127.0.0.1', '1', '::1'), label, (look, domain) => {
        const text = `http://${look}.${domain}.com/`;
        expect(URL.canParse(text) && isLoopback(new URL(text))).toBe(false);
      }),
    );
  });
});

describe('--allow-host', () => {
  it('without a port allows every port, with one only that', () => {
    expect(reach('https://api.corp.example/v1', ['api.corp.example'])).toBe(true);
    expect(reach('https://api.corp.example:8443/v1', ['api.corp.example'])).toBe(true);
    expect(reach('https://api.corp.example:8443/v1', ['api.corp.example:8443'])).toBe(true);
    expect(reach('https://api.corp.example/v1', ['api.corp.example:8443'])).toBe(false);
    expect(reach('https://api.corp.example/v1', ['api.corp.example:443'])).toBe(true);
    expect(reach('http://api.corp.example/v1', ['api.corp.example:443'])).toBe(false);
  });

  it('allows that host only, not those below or beside it', () => {
    for (const host of ['sub.corp.example', 'corp.example.evil.com', 'evilcorp.example', 'corp.example.']) {
      expect(reach(`https://${host}/`, ['corp.example'])).toBe(false);
    }
  });

  it('compares as URLs do: case, international names, IPv6, other spellings of an IP', () => {
    expect(reach('https://api.corp.example', ['API.Corp.Example'])).toBe(true);
    expect(reach('https://bücher.example', ['xn--bcher-kva.example'])).toBe(true);
    expect(reach('http://[2001:db8::1]:8080', ['[2001:DB8:0::1]:8080'])).toBe(true);
    expect(reach('http://10.0.0.1', ['10.0.0.1'])).toBe(true);
    expect(reach('http://167772161', ['10.0.0.1'])).toBe(true);
  });

  it('takes several in one text, as an environment variable holds them', () => {
    expect(allowedHosts(['a.example, b.example:81', 'c.example']).hosts).toEqual([
      { hostname: 'a.example' },
      { hostname: 'b.example', port: '81' },
      { hostname: 'c.example' },
    ]);
  });

  it.each([
    '*.example.com',
    'https://example.com',
    'example.com/v1',
    'user@example.com',
    'example.com:0',
    'example.com:65536',
    'example.com:',
    '2001:db8::1',
    '*',
    '.',
  ])('refuses %s', (entry) => {
    const { hosts, problems } = allowedHosts([entry]);
    expect(hosts).toEqual([]);
    expect(problems).toEqual([expect.objectContaining({ code: 'bad-allowed-host' })]);
  });
});

describe('a trusted base URL', () => {
  it('allows its origin, and not the same host without encryption', () => {
    const trusted = ['https://api.sdk.example/v1'];
    expect(reach('https://api.sdk.example/v1/messages', [], trusted)).toBe(true);
    expect(reach('http://api.sdk.example/v1', [], trusted)).toBe(false);
    expect(reach('https://api.sdk.example:444/v1', [], trusted)).toBe(false);
    expect(reach('https://api.sdk.example./v1', [], trusted)).toBe(false);
  });
});

describe('addressProblem', () => {
  const problem = (url: string, trusted = false, allow: string[] = []) =>
    addressProblem('local', { url, trusted }, allowedHosts(allow).hosts);

  it('is silent for loopback, trusted and allowed addresses', () => {
    expect(problem('http://127.0.0.1:8080/v1')).toBeUndefined();
    expect(problem('https://gateway.corp/v1', true)).toBeUndefined();
    expect(problem('https://gateway.corp/v1', false, ['gateway.corp'])).toBeUndefined();
  });

  it('names the flag that would allow the host', () => {
    expect(problem('https://evil.example:8443/v1')).toMatchObject({
      code: 'host-not-allowed',
      remedy: expect.stringContaining('--allow-host evil.example:8443'),
    });
  });

  it.each(['not a url', 'ftp://localhost/', '', 'file:///etc/passwd'])('refuses %s even when trusted', (url) => {
    expect(problem(url, true)).toMatchObject({ code: 'bad-url' });
  });

  it('refuses credentials in an address and does not print them', () => {
    const found = problem('http://user:CANARY@127.0.0.1/');
    expect(found).toMatchObject({ code: 'bad-url' });
    expect(JSON.stringify(found)).not.toContain('CANARY');
  });
});
