/**
 * A button that changes something: it first says in words what it will do, asks for what it needs, and shows what was
 * refused and why.
 */
import {
  Alert,
  Button,
  Group,
  Modal,
  NativeSelect,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';
import { useChange } from '../api.ts';

export interface Field {
  name: string;
  label: string;
  /** A text unless told. */
  kind?: 'text' | 'words' | 'whole number' | 'day' | 'time' | { oneOf: readonly string[] };
  isRequired?: boolean;
  description?: string;
  initial?: string;
}

export interface Deed {
  name: string;
  /** What it will do, for the person who is about to do it. */
  consequence: string;
  path: string;
  fields?: readonly Field[];
  /** Sent beside the fields. */
  body?: object;
  color?: string;
}

type Values = Record<string, string>;

export function DeedButton({ deed }: { deed: Deed }) {
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={open}>
        {deed.name}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={deed.name}
        // Locking it takes a style that the page's policy refuses.
        lockScroll={false}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <DeedForm deed={deed} onDone={close} />
      </Modal>
    </>
  );
}

function DeedForm({ deed, onDone }: { deed: Deed; onDone: () => void }) {
  const { name, consequence, path, fields = [], body = {}, color = 'indigo' } = deed;
  const [values, setValues] = useState<Values>(() =>
    Object.fromEntries(fields.map((field) => [field.name, firstValue(field)])),
  );
  const change = useChange();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate({ path, body: { ...body, ...filledIn(fields, values) } }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>{consequence}</Text>
        {fields.map((field) => (
          <Input
            key={field.name}
            field={field}
            value={values[field.name] ?? ''}
            onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
          />
        ))}
        {change.isError && (
          <Alert color="red" role="alert" title="Refused">
            {change.error.message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Leave it
          </Button>
          <Button type="submit" color={color} loading={change.isPending}>
            {name}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function firstValue({ kind, initial }: Field): string {
  if (initial !== undefined) return initial;
  return typeof kind === 'object' ? (kind.oneOf[0] ?? '') : '';
}

/** What is left empty is not sent. */
function filledIn(fields: readonly Field[], values: Values): object {
  const filled = fields.flatMap(({ name, kind }): [string, string | number][] => {
    const value = (values[name] ?? '').trim();
    if (value === '') return [];
    if (kind === 'whole number') return [[name, Number(value)]];
    if (kind === 'time') return [[name, new Date(value).toISOString()]];
    return [[name, value]];
  });
  return Object.fromEntries(filled);
}

interface InputProps {
  field: Field;
  value: string;
  onChange: (value: string) => void;
}

const TYPES: Record<string, string> = { day: 'date', time: 'datetime-local' };

function Input({ field, value, onChange }: InputProps) {
  const { label, kind = 'text', isRequired = false, description } = field;
  const common = {
    label,
    description,
    required: isRequired,
    value,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  if (typeof kind === 'object') return <NativeSelect {...common} data={[...kind.oneOf]} />;
  if (kind === 'words') return <Textarea {...common} autosize minRows={2} maxLength={500} />;
  const number =
    kind === 'whole number' ? { inputMode: 'numeric' as const, pattern: '[0-9]+' } : {};
  return <TextInput {...common} {...number} type={TYPES[kind] ?? 'text'} />;
}
