// What stands in place of every page until somebody has logged in.
import { Button, Divider, PasswordInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { login } from "../api/client";

export function Login({ provider }: { provider: string }) {
  const [token, setToken] = useState("");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const queries = useQueryClient();

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await login(token);
      await queries.resetQueries();
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="panel" style={{ maxWidth: 440, margin: "10vh auto", padding: 24 }}>
      <h1 style={{ margin: `0 0 ${provider === "" ? 4 : 16}px`, fontSize: 22 }}>Log in</h1>
      {provider !== "" && (
        <>
          <Button component="a" href={`/api/v1/oidc/login?to=${here()}`} fullWidth>
            Log in with {provider}
          </Button>
          <Divider label="or" my="md" />
        </>
      )}
      <p className="muted" style={{ margin: "0 0 16px" }}>
        {provider === ""
          ? "This collector shows its data to who has a token for reading."
          : "A token for reading opens it as well."}{" "}
        Whoever runs this collector makes one with <code>./thaw token read NAME</code>.
      </p>
      <PasswordInput
        label="Token"
        autoFocus={provider === ""}
        autoComplete="current-password"
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
        error={error}
        mb="md"
      />
      <Button
        type="submit"
        variant={provider === "" ? "filled" : "default"}
        loading={busy}
        disabled={token.trim() === ""}
        fullWidth
      >
        {provider === "" ? "Log in" : "Log in with the token"}
      </Button>
    </form>
  );
}

/** The page that was asked for, to come back to. */
function here(): string {
  return encodeURIComponent(window.location.pathname + window.location.search);
}
