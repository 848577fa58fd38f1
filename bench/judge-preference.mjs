// A real judge's preference per instruction (AlpacaEval, 805 instructions: 0 = GPT-4-1106-preview's answer is better, 1 = that of
// GPT-3.5-turbo-1106): does the mean with its interval reproduce the published win rate of 9.18 %, standard error 0.89?
// Usage: npm run build && node bench/judge-preference.mjs <judge-preference.jsonl>
import { readFileSync } from 'node:fs';
import { bootstrapInterval } from '../dist/stats/bootstrap.js';
import { mean, scoreInterval, standardError } from '../dist/stats/mean.js';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('name the file of preferences');
const rows = readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
const values = rows.map((line) => JSON.parse(line).preference);
const percent = (value) => (100 * value).toFixed(2);
const interval = ([low, high]) => `[${percent(low)}, ${percent(high)}] %`;
console.log(`${values.length} preferences: win rate ${percent(mean(values))} %, standard error ${percent(standardError(values))}`);
console.log(`95 % interval, Student's t ${interval(scoreInterval(values))}, BCa bootstrap ${interval(bootstrapInterval(values))}`);
