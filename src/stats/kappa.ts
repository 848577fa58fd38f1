/**
 * Cohen's kappa: agreement of two raters beyond chance (Cohen 1960, Educ. Psychol. Meas. 20).
 * @param table how often rater one said row and rater two said column; square
 * @returns at most 1; 0 is chance. Undefined where chance alone agrees always (both gave one and the same answer throughout) and
 *   for an empty table: agreement beyond chance cannot be told there.
 */
export function cohenKappa(table: readonly (readonly number[])[]): number | undefined {
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = table.map((_, column) => table.reduce((sum, row) => sum + (row[column] ?? 0), 0));
  const total = rows.reduce((sum, count) => sum + count, 0);
  const agreed = table.reduce((sum, row, index) => sum + (row[index] ?? 0), 0);
  const byChance = rows.reduce((sum, count, index) => sum + count * (columns[index] ?? 0), 0);
  if (total === 0 || byChance === total * total) return undefined;
  return (agreed / total - byChance / total ** 2) / (1 - byChance / total ** 2);
}
