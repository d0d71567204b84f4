// `/llms.txt`: the site in one text, for programs that read it.
import { llmsText } from '../site/llms.ts';

export function GET(): Response {
  return new Response(llmsText(), { headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
}
