// One thing that the address says about a page, changed in place: «back» leads to the page before.
import { useSearchParams } from "react-router";

/** Sets a parameter; undefined takes it out. */
export function useSetParam(): (name: string, value: string | undefined) => void {
  const [params, setParams] = useSearchParams();
  return (name, value) => {
    const next = new URLSearchParams(params);
    if (value === undefined) {
      next.delete(name);
    } else {
      next.set(name, value);
    }
    setParams(next, { replace: true });
  };
}
