/**
 * Published and independently computed numbers that the statistics must reproduce, each beside the call that computes it here.
 * Expected numbers are facts from the sources named; nothing else of those sources is here.
 */
import { binomialChance, binomialTest, binomialUpperTail } from '../../src/stats/binomial.js';
import { acceleration, bootstrapInterval } from '../../src/stats/bootstrap.js';
import { cohenKappa } from '../../src/stats/kappa.js';
import { mcnemar, mcnemarMidP, mcnemarWorse } from '../../src/stats/mcnemar.js';
import { clusteredStandardError, mean, meanInterval, standardError, variance } from '../../src/stats/mean.js';
import { benjaminiHochberg, holm } from '../../src/stats/multiplicity.js';
import { signFlip } from '../../src/stats/permutation.js';
import { casesNeeded, detectableEffect, resampledVariance, trialsPerSide } from '../../src/stats/power.js';
import { clopperPearson, proportionStandardError, wilson, wilsonCorrected } from '../../src/stats/proportion.js';
import { allOfK, passAtK } from '../../src/stats/repeats.js';
import { studentQuantile } from '../../src/stats/student.js';
import {
  chiSquared,
  firstSignificant,
  idealBootstrapError,
  leaveOneOut,
  measured,
  neverAsExtreme,
  noise,
  paired,
  peekingError,
  signFlipCounts,
  unpaired,
  upTo,
  wilcoxon,
} from './oracle-recipes.js';

type Answer = number | undefined | (number | undefined)[];

/** One number, or several, and how it is computed here. */
export interface Fact {
  id: string;
  expected: number | number[] | undefined;
  source: string;
  compute: () => Answer;
  /** Largest relative error allowed. */
  tolerance: number;
}

function fact(id: string, expected: Fact['expected'], source: string, compute: () => Answer, tolerance = 1e-9): Fact {
  return { id, expected, source, compute, tolerance };
}

const source = {
  INSPECT: 'inspect_ai at 499e615, tests of its metrics',
  MILLER: 'Miller 2024, arXiv:2411.00640: the formulas, on the numbers of its example tables',
  MILLER_VAR: 'Miller 2024: variance over cases and within them, for difficulties uniform on 0..1',
  MILLER_N: 'Miller 2024: the formula for the number of questions',
  MILLER_MDE: 'Miller 2024: the same formula solved for the effect, one trial, equal Bernoulli variances',
  R_POWER: 'R: the example on the help page of power.prop.test, and its formula',
  R_PROP: 'R 3.6.2 prop.test, by way of the tests of SciPy 1.17.1',
  R_BINOM: 'R 3.6.2 binom.test, by way of the tests of SciPy 1.17.1',
  STATSMODELS_MCNEMAR: 'statsmodels: exact McNemar as a binomial test of the discordant pairs',
  FAGERLAND: 'Fagerland, Lydersen & Laake 2013: definition of the mid-p test',
  CHI: "McNemar's statistic without and with correction, and their p",
  BINOMIAL: 'upper tail of the binomial distribution',
  WILCOXON: "SciPy: Darwin's maize in the documentation of wilcoxon",
  FISHER: "Fisher 1935, The Design of Experiments: 863 of 32768 arrangements of Darwin's maize",
  COUNTED: 'all arrangements counted',
  PHIPSON: 'Phipson & Smyth 2010: (b + 1) / (m + 1)',
  MULTTEST: "statsmodels' tests, from R's multtest",
  SCIPY_FDR: 'Benjamini & Hochberg 1995, by way of the documentation of SciPy',
  TILE: 'TileStats, by way of the tests of SciPy',
  ARITHMETIC: 'arithmetic',
  EFRON: 'Efron 1987: acceleration by the jackknife',
  EFRON_TIB: 'Efron & Tibshirani 1993: standard error of the mean over all resamples',
  R_BOOT: "R's boot.ci with a million resamples, by way of the tests of SciPy",
  SCIPY_BCA: "SciPy's test of the acceleration for two samples, treated − control",
  CHEN: 'Chen et al. 2021 (HumanEval)',
  TAU: 'tau-bench: pass^k',
  ARMITAGE: 'Armitage, McPherson & Rowe 1969, table of repeated significance tests',
  TEXTBOOK: 'textbook example of two raters',
  DEFINITION: 'definition: 0/0',
} as const;

const ZERO_TO_NINE = upTo(10);
const UNBOUNDED = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
const DARWIN = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75];
const TEN_P = [
  5.23656777208e-5, 0.00028140506198, 0.0149877310796, 0.0202732688798, 0.177096952723, 0.642193923795, 0.680845947633,
  0.71626938238, 0.838541367553, 0.967833824309,
];
const SIX_P = [0.002, 0.004, 0.006, 0.008, 0.01, 0.012];
const SIXTEEN = [10, 12, 12.5, 12.5, 13.9, 15, 21, 22, 23, 34, 50, 81, 89, 121, 134, 213];
const NINE = [10, 27, 31, 40, 46, 50, 52, 104, 146];
const SEVEN = [16, 23, 38, 94, 99, 141, 197];

/** All facts, in the order of their collection. */
export const facts: Fact[] = [
  fact('var-0..9', 9.166666666666666, source.INSPECT, () => variance(ZERO_TO_NINE)),
  fact('sem-0..9', 0.9574271077563381, source.INSPECT, () => standardError(ZERO_TO_NINE)),
  fact('t-ci-0..9', [2.334149410331833, 6.6658505896681675], source.INSPECT, () =>
    meanInterval(ZERO_TO_NINE, 0.95, UNBOUNDED),
  ),
  fact('t-ppf-1', 12.706204736432095, source.INSPECT, () => studentQuantile(0.975, 1)),
  fact('t-ppf-2', 4.302652729911275, source.INSPECT, () => studentQuantile(0.975, 2)),
  fact('t-ppf-4', 2.7764451051977987, source.INSPECT, () => studentQuantile(0.975, 4)),
  fact('t-ppf-10', 2.2281388519649385, source.INSPECT, () => studentQuantile(0.975, 10)),
  fact('clustered-se-20x4-paper', 0.5590169943749475, source.MILLER, () =>
    clusteredStandardError(
      upTo(20),
      upTo(20).map((i) => i % 4),
      false,
    ),
  ),
  fact('clustered-se-lopsided', 0.032403703492039304, source.INSPECT, () =>
    clusteredStandardError(
      upTo(200).map((i) => i % 5),
      upTo(200).map((i) => (i < 180 ? 0 : i)),
    ),
  ),
  fact('label-mean', 0.375, source.INSPECT, () => mean([1, 0, 0.5, 0])),
  fact(
    'unpaired-diff-MATH',
    [0.009582014401992934, 2.609054730161995, 0.009079271988661874, 0.006219596872749773, 0.043780403127250275],
    source.MILLER,
    () => unpaired(5000, 0.655, 0.63),
    1e-7,
  ),
  fact('bernoulli-se-HumanEval', [0.028913664589601925, 0.026516331828866087], source.MILLER, () =>
    [0.836, 0.867].map((p) => proportionStandardError(p, 164)),
  ),
  fact(
    'unpaired-diff-HumanEval',
    [0.03923156705586124, -0.7901800087633408, 0.42942264932385643, -0.10789245848655613, 0.04589245848655607],
    source.MILLER,
    () => unpaired(164, 0.836, 0.867),
    1e-7,
  ),
  fact(
    'unpaired-diff-MGSM',
    [0.011959782606719906, -2.257566118704314, 0.02397272297629427, -0.050440743172099595, -0.00355925682790045],
    source.MILLER,
    () => unpaired(2500, 0.753, 0.78),
    1e-7,
  ),
  fact('paired-se-corr0.3', [0.010008008964123613, -2.6978393101753557], source.MILLER, () =>
    paired(2500, 0.753, 0.78, 0.3),
  ),
  fact('paired-se-corr0.5', [0.00846026826071713, -3.191388165002629], source.MILLER, () =>
    paired(2500, 0.753, 0.78, 0.5),
  ),
  fact('paired-se-corr0.7', [0.006556831144738799, -4.117842812173808], source.MILLER, () =>
    paired(2500, 0.753, 0.78, 0.7),
  ),
  fact('resample-K2', 0.16666666666666666, source.MILLER_VAR, () => resampledVariance(1 / 12, 1 / 6, 2)),
  fact('resample-K4', 0.125, source.MILLER_VAR, () => resampledVariance(1 / 12, 1 / 6, 4)),
  fact('resample-K10', 0.1, source.MILLER_VAR, () => resampledVariance(1 / 12, 1 / 6, 10)),
  fact('power-n-infK', 968.9974980677883, source.MILLER_N, () => casesNeeded(0.03, noise(1 / 9, 0, 1)), 1e-6),
  fact('power-n-K1', 3875.9899922711534, source.MILLER_N, () => casesNeeded(0.03, noise(1 / 9, 1 / 6, 1)), 1e-6),
  fact('power-n-K10', 1259.6967474881249, source.MILLER_N, () => casesNeeded(0.03, noise(1 / 9, 1 / 6, 10)), 1e-6),
  fact('mde-198-K10', 0.07566963926677729, source.MILLER_N, () => detectableEffect(198, noise(1 / 9, 1 / 6, 10))),
  fact(
    'power.prop.test-.5-.75',
    76.70692845177743,
    source.R_POWER,
    () => trialsPerSide(0.5, 0.75, { power: 0.9 }),
    0.0001,
  ),
  fact(
    'power.prop.test-.9-.85',
    685.5968583253594,
    source.R_POWER,
    () => trialsPerSide(0.9, 0.85, { power: 0.8 }),
    0.0001,
  ),
  fact('wilson-3-10-0.95', [0.1077912674063011, 0.6032218525388546], source.R_PROP, () => wilson(3, 10, 0.95)),
  fact('wilson-3-10-0.99', [0.07956631652306584, 0.6799753207988974], source.R_PROP, () => wilson(3, 10, 0.99)),
  fact('wilson-cc-3-10-0.95', [0.0809478242099945, 0.6463292764888311], source.R_PROP, () =>
    wilsonCorrected(3, 10, 0.95),
  ),
  fact('wilson-cc-3-10-0.99', [0.05863290008105072, 0.7169416263183843], source.R_PROP, () =>
    wilsonCorrected(3, 10, 0.99),
  ),
  fact('wilson-0-10-0.95', [0.0, 0.27753279986288915], source.R_PROP, () => wilson(0, 10, 0.95)),
  fact('wilson-10-10-0.95', [0.7224672001371107, 1.0], source.R_PROP, () => wilson(10, 10, 0.95)),
  fact('wilson-cc-0-10-0.95', [0.0, 0.34453721830692247], source.R_PROP, () => wilsonCorrected(0, 10, 0.95)),
  fact('clopper-10-10', [0.6915028921812392, 1.0], source.R_BINOM, () => clopperPearson(10, 10, 0.95)),
  fact('binomtest-9-21-.48', 0.6689672431938855, source.R_BINOM, () => binomialTest(9, 21, 0.48)),
  fact('binomtest-4-21-.48', 0.008139563452105923, source.R_BINOM, () => binomialTest(4, 21, 0.48)),
  fact('binomtest-11-21-.48', 0.8278629664608204, source.R_BINOM, () => binomialTest(11, 21, 0.48)),
  fact('binomtest-7-21-.48', 0.19667729017182273, source.R_BINOM, () => binomialTest(7, 21, 0.48)),
  fact('binomtest-2-2-.4', 0.16, source.R_BINOM, () => binomialTest(2, 2, 0.4)),
  fact('binomtest-484-967-.5', 1.0, source.R_BINOM, () => binomialTest(484, 967, 0.5)),
  fact('mcnemar-exact-15-19', 0.6075913612730801, source.STATSMODELS_MCNEMAR, () => mcnemar(15, 19)),
  fact('mcnemar-midp-15-19', 0.49955983320251107, source.FAGERLAND, () => mcnemarMidP(15, 19)),
  fact(
    'mcnemar-chi2-150-86',
    [17.35593220338983, 3.0992934410452196e-5, 16.81779661016949, 4.1145622813459415e-5],
    source.CHI,
    () => chiSquared(150, 86),
  ),
  fact('mcnemar-exact-0-5', 0.0625, source.STATSMODELS_MCNEMAR, () => mcnemar(0, 5)),
  fact('mcnemar-midp-0-5', 0.03125, source.FAGERLAND, () => mcnemarMidP(0, 5)),
  fact('mcnemar-exact-0-6', 0.03125, source.STATSMODELS_MCNEMAR, () => mcnemar(0, 6)),
  fact('mcnemar-midp-0-6', 0.015625, source.FAGERLAND, () => mcnemarMidP(0, 6)),
  fact('mcnemar-onesided-0-6', 0.015625, source.BINOMIAL, () => mcnemarWorse(6, 0)),
  fact('mcnemar-exact-1-9', 0.021484375, source.STATSMODELS_MCNEMAR, () => mcnemar(1, 9)),
  fact('mcnemar-exact-5-5', 1.0, source.STATSMODELS_MCNEMAR, () => mcnemar(5, 5)),
  fact('mcnemar-midp-5-5', 0.75390625, source.FAGERLAND, () => mcnemarMidP(5, 5)),
  fact('mcnemar-exact-2-12', 0.012939453125, source.STATSMODELS_MCNEMAR, () => mcnemar(2, 12)),
  fact('mcnemar-midp-2-12', 0.00738525390625, source.FAGERLAND, () => mcnemarMidP(2, 12)),
  fact('wilcoxon-darwin-two', [24.0, 0.041259765625], source.WILCOXON, () => wilcoxon(DARWIN).twoSided),
  fact('wilcoxon-darwin-greater', [96.0, 0.0206298828125], source.WILCOXON, () => wilcoxon(DARWIN).greater),
  fact('signflip-darwin', [863, 0.026336669921875, 1726, 0.05267333984375], source.FISHER, () =>
    signFlipCounts(DARWIN),
  ),
  fact('signflip-5', 0.375, source.COUNTED, () => signFlip([1, 1, 1, 1, -1])?.twoSided),
  fact('mc-perm-p', 0.0001, source.PHIPSON, () => neverAsExtreme(9999)),
  fact(
    'holm-R0',
    [0.000523656777208, 0.00253264555782, 0.1199018486368, 0.1419128821586, 1, 1, 1, 1, 1, 1],
    source.MULTTEST,
    () => holm(TEN_P),
  ),
  fact(
    'bh-R0',
    [
      0.000523656777208, 0.0014070253098999999, 0.04995910359866667, 0.0506831721995, 0.354193905446,
      0.8953367279750001, 0.8953367279750001, 0.8953367279750001, 0.9317126306144444, 0.967833824309,
    ],
    source.MULTTEST,
    () => benjaminiHochberg(TEN_P),
  ),
  fact('holm-P6', [0.012, 0.02, 0.024, 0.024, 0.024, 0.024], source.MULTTEST, () => holm(SIX_P)),
  fact('bh-P6', [0.012, 0.012, 0.012, 0.012, 0.012, 0.012000000000000002], source.MULTTEST, () =>
    benjaminiHochberg(SIX_P),
  ),
  fact(
    'bh-1995',
    [
      0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714285714286, 0.06385714285714286, 0.0645, 0.0765,
      0.48600000000000004, 0.5811818181818182, 0.714875, 0.7532307692307694, 0.8132142857142857, 1,
    ],
    source.SCIPY_FDR,
    () =>
      benjaminiHochberg([
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759,
        1.0,
      ]),
  ),
  fact(
    'bh-tilestats',
    [0.036, 0.036, 0.044, 0.044, 0.08159999999999999, 0.13466666666666668, 0.387, 0.387],
    source.TILE,
    () => benjaminiHochberg([0.005, 0.009, 0.019, 0.022, 0.051, 0.101, 0.361, 0.387]),
  ),
  fact('fwer-20', 0.6415140775914581, source.ARITHMETIC, () => 1 - binomialChance(0, 20, 0.05)),
  fact('boot-accel-X16', 0.06152886961259405, source.EFRON, () => acceleration([leaveOneOut(SIXTEEN)])),
  fact('boot-plugin-se-X16', 14.236768716815405, source.EFRON_TIB, () => idealBootstrapError(SIXTEEN)),
  fact(
    'boot-percentile-X16',
    [28.86, 84.21],
    source.R_BOOT,
    () => bootstrapInterval(SIXTEEN, { method: 'percentile', resamples: 200_000, seed: 'oracle' }),
    0.005,
  ),
  fact(
    'boot-basic-X16',
    [23.77, 79.12],
    source.R_BOOT,
    () => bootstrapInterval(SIXTEEN, { method: 'basic', resamples: 200_000, seed: 'oracle' }),
    0.005,
  ),
  fact(
    'boot-BCa-X16',
    [32.31, 91.43],
    source.R_BOOT,
    () => bootstrapInterval(SIXTEEN, { method: 'bca', resamples: 200_000, seed: 'oracle' }),
    0.005,
  ),
  fact(
    'boot-exact-3',
    [0.2962962962962963, 0.4444444444444444, 0.2222222222222222, 0.037037037037037035],
    source.COUNTED,
    () => [0, 1, 2, 3].map((k) => binomialChance(k, 3, 1 / 3)),
  ),
  fact(
    'boot-accel-2samp',
    0.011008228344026734,
    source.SCIPY_BCA,
    () => acceleration([leaveOneOut(SEVEN), leaveOneOut(NINE).map((each) => -each)]),
    1e-6,
  ),
  fact('pass@1-10-3', 0.3, source.CHEN, () => passAtK(10, 3, 1)),
  fact('pass^1-10-3', 0.3, source.TAU, () => allOfK(10, 3, 1)),
  fact('pass@5-10-10', 1.0, source.CHEN, () => passAtK(10, 10, 5)),
  fact('pass^5-10-0', 0.0, source.TAU, () => allOfK(10, 0, 5)),
  fact('pass@2-8-6', 0.9642857142857143, source.CHEN, () => passAtK(8, 6, 2)),
  fact('pass^10-100-50', 0.0005934196725858287, source.TAU, () => allOfK(100, 50, 10)),
  fact('flake-suite-100', [0.3660323412732292, 0.9900493386913719], source.ARITHMETIC, () => [
    binomialChance(100, 100, 0.99),
    binomialChance(100, 100, 1 - binomialChance(0, 2, 0.99)),
  ]),
  fact('flake-retry-hides', [0.5, 0.75, 0.875, 0.9375], source.ARITHMETIC, () =>
    [0, 1, 2, 3].map((retries) => binomialUpperTail(1, retries + 1, 0.5)),
  ),
  fact('peeking', [0.142, 0.193], source.ARMITAGE, () => [5, 10].map((looks) => peekingError(looks)), 0.02),
  fact('kappa-wiki', 0.3999999999999999, source.TEXTBOOK, () =>
    cohenKappa([
      [20, 5],
      [10, 15],
    ]),
  ),
  fact('kappa-degenerate', undefined, source.DEFINITION, () =>
    cohenKappa([
      [50, 0],
      [0, 0],
    ]),
  ),
  fact('mcnemar-critical-b0', [5, 6], source.COUNTED, () => firstSignificant(0)),
  fact('mcnemar-critical-b2', [9, 10], source.COUNTED, () => firstSignificant(2)),
  fact('mcnemar-critical-b4', [12, 13], source.COUNTED, () => firstSignificant(4)),
  fact('mcnemar-critical-b5', [13, 15], source.COUNTED, () => firstSignificant(5)),
  fact('mcnemar-critical-b6', [15, 17], source.COUNTED, () => firstSignificant(6)),
  fact('mcnemar-critical-b8', [18, 20], source.COUNTED, () => firstSignificant(8)),
  fact('mde-paired-50-0.9-0.5', 0.11886119434798033, source.MILLER_MDE, () =>
    detectableEffect(50, measured(2 * 0.9 * (1 - 0.9) * (1 - 0.5))),
  ),
  fact('mde-paired-200-0.5-0.5', 0.09905099528998362, source.MILLER_MDE, () =>
    detectableEffect(200, measured(2 * 0.5 * (1 - 0.5) * (1 - 0.5))),
  ),
  fact('mde-paired-200-0.9-0', 0.08404755654338904, source.MILLER_MDE, () =>
    detectableEffect(200, measured(2 * 0.9 * (1 - 0.9) * (1 - 0))),
  ),
];
