// Tells nobody of an alert for a while.
import { Button, Group, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { silence } from "../../api/client";

const HOUR = 3_600_000;
const LENGTHS: Record<string, number> = {
  "1 hour": HOUR,
  "4 hours": 4 * HOUR,
  "1 day": 24 * HOUR,
  "1 week": 7 * 24 * HOUR,
};

export function SilenceForm(props: { rule: string; function: string; onDone: () => void }) {
  const [rule, setRule] = useState(props.rule);
  const [name, setName] = useState(props.function);
  const [length, setLength] = useState("1 hour");
  const [why, setWhy] = useState("");
  const [error, setError] = useState("");

  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      const untilMs = Date.now() + (LENGTHS[length] ?? HOUR);
      await silence({ rule, function: name, untilMs, why });
      props.onDone();
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
    }
  }

  return (
    <form onSubmit={submit} className="panel" aria-label="Silence" style={{ marginBottom: 12 }}>
      <Group align="end" gap="sm">
        <TextInput
          label="Rule"
          value={rule}
          onChange={(e) => setRule(e.currentTarget.value)}
          style={{ flex: "1 1 160px" }}
        />
        <TextInput
          label="Function"
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          style={{ flex: "1 1 160px" }}
        />
        <NativeSelect
          label="For"
          value={length}
          onChange={(e) => setLength(e.currentTarget.value)}
          data={Object.keys(LENGTHS)}
        />
        <TextInput
          label="Why"
          autoFocus
          placeholder="for those who wonder"
          value={why}
          onChange={(e) => setWhy(e.currentTarget.value)}
          style={{ flex: "2 1 220px" }}
        />
        <Button type="submit">Silence</Button>
        <Button variant="default" onClick={props.onDone}>
          Cancel
        </Button>
      </Group>
      <div className="muted" style={{ marginTop: 8, fontSize: 13 }}>
        * stands for anything. The alert is evaluated and shown all the same; if it still fires then, it is
        told.
      </div>
      {error && (
        <div role="alert" style={{ color: "var(--thaw-error)", marginTop: 8 }}>
          {error}
        </div>
      )}
    </form>
  );
}
