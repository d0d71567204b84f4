// What the page for proposing works with: see src/propose/library.ts. For programs there is /api/.
import { libraryData } from '../../site/propose-library.ts';

export async function GET(): Promise<Response> {
  return new Response(JSON.stringify(await libraryData()), {
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
  });
}
