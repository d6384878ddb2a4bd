import { spawn } from 'node:child_process';
import { failure, type Outcome, success } from '../../domain/outcome.ts';

/**
 * Opens a file in the person's own editor and waits until they have closed it. The variable may hold arguments (`code --wait`), so
 * it is run by the shell, as git does it; the path is an argument and is not interpreted as a command.
 */
export function editFile(path: string, variables: NodeJS.ProcessEnv): Promise<Outcome<null>> {
  const editor = variables.VISUAL || variables.EDITOR || 'vi';
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', `${editor} "$@"`, editor, path], { stdio: 'inherit' });
    child.on('error', (error) => resolve(failure(`the editor ${editor} could not be started (${error.message}).`)));
    child.on('close', (code) =>
      resolve(code === 0 ? success(null) : failure(`the editor ${editor} ended with ${code ?? 'a signal'}.`)),
    );
  });
}
