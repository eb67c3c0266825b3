import { spawn } from "node:child_process";

/** Runs pip with its output shown; throws where it, or python3, is missing or fails. */
export async function pip(args: string[]): Promise<void> {
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn("python3", ["-m", "pip", ...args], {
      stdio: ["ignore", "inherit", "pipe"],
    });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
      process.stderr.write(chunk);
    });
    child.on("error", () =>
      reject(new Error("python3 is missing: install it (Debian: apt-get install python3-pip)")),
    );
    child.on("close", (status) => {
      if (errors.includes("No module named pip"))
        reject(new Error("pip is missing: install it (Debian: apt-get install python3-pip)"));
      else resolve(status ?? 1);
    });
  });
  if (code !== 0)
    throw new Error(
      `pip ended with ${code}; the wheel may not exist for ${process.platform}/${process.arch}`,
    );
}
