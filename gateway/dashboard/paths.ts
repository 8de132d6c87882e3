/**
 * The path of a job's page.
 *
 * @param id the job
 * @param rest what comes behind it, such as `/cancel`
 */
export function jobPath(id: string, rest = ""): string {
  return `/dashboard/jobs/${encodeURIComponent(id)}${rest}`;
}
