// The example of CONTRIBUTING.md, "Add an exhibit": the commit still applies to the code as it is.
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

test("the commit that adds the smallest exhibit applies", () => {
  execFileSync("git", ["apply", "--check", "tests/example/add-an-exhibit.patch"], { cwd: ROOT, stdio: "pipe" });
});
