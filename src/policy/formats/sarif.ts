import { forJson } from '../../trust/escape.js';
import { posix } from 'node:path';
import type { Finding } from '../apply.js';
import { policyRules } from '../map.js';

/** What a report names beside the findings. */
export interface SarifContext {
  version: string;
  /** From the top of the repository to the project root. */
  prefix: string;
}

/** SARIF 2.1.0 (OASIS), as code scanning takes it: rules with help, results with a place from the top of the repository. */
export function asSarif(findings: readonly Finding[], { version, prefix }: SarifContext): string {
  const codes = [...new Set(findings.map(({ code }) => code))].toSorted();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'promptassay', semanticVersion: version, rules: codes.map(ruleOf) },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, codes, prefix)),
      },
    ],
  };
  return `${forJson(JSON.stringify(log, null, 2))}\n`;
}

/** Of a mistake that is no rule's, each result says what to do. */
const MISTAKE = { summary: 'what is written can be read and fits together', help: 'Do what the result says.' };

function ruleOf(id: string): object {
  const { summary, help } = policyRules.find(({ code }) => code === id) ?? MISTAKE;
  return { id, shortDescription: { text: `${summary[0]?.toUpperCase()}${summary.slice(1)}.` }, help: { text: help } };
}

function resultOf({ code, level, message, remedy, place }: Finding, codes: readonly string[], prefix: string): object {
  const physicalLocation = place && {
    artifactLocation: { uri: encodeURI(posix.join(prefix, place.file)).replace(/[?#]/g, encodeURIComponent) },
    region: { startLine: place.line, startColumn: place.column },
  };
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: level === 'warn' ? 'warning' : 'error',
    message: { text: `${message}. ${remedy}` },
    locations: physicalLocation ? [{ physicalLocation }] : [],
  };
}
