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
import {
  createContext,
  type FormEvent,
  type ReactNode,
  useCallback,
  useContext,
  useState,
} from 'react';
import { moneyText } from '../../src/money/text.ts';
import { useChange } from '../api.ts';
import type { Deed, Field } from './deeds.ts';

type Values = Record<string, string>;

const Asking = createContext<((deed: Deed) => void) | null>(null);

/**
 * The one dialog of the console. It is no part of the button that opens it, which may go when the order changes: the
 * dialog stays with what was written in it, and what was read is what is sent. The API refuses it then, and says why.
 */
export function DeedDialog({ children }: { children: ReactNode }) {
  const [isOpen, { open, close }] = useDisclosure(false);
  const [asked, setAsked] = useState<{ deed: Deed; times: number }>();
  const ask = useCallback(
    (deed: Deed): void => {
      setAsked((before) => ({ deed, times: (before?.times ?? 0) + 1 }));
      open();
    },
    [open],
  );
  return (
    <Asking.Provider value={ask}>
      {children}
      <Modal.Root
        opened={isOpen}
        onClose={close}
        // Locking it takes a style that the page's policy refuses.
        lockScroll={false}
      >
        <Modal.Overlay />
        <Modal.Content>
          {/* A header outside of everything else is the page's own, and a page has one. */}
          <Modal.Header role="presentation">
            <Modal.Title>{asked?.deed.name}</Modal.Title>
            <Modal.CloseButton aria-label="Close" />
          </Modal.Header>
          <Modal.Body>
            {asked && <DeedForm key={asked.times} deed={asked.deed} onDone={close} />}
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
    </Asking.Provider>
  );
}

export function DeedButton({ deed }: { deed: Deed }) {
  const ask = useContext(Asking);
  if (ask === null) throw new Error('there is no dialog to ask in');
  return (
    <Button size="compact-sm" variant="default" onClick={() => ask(deed)}>
      {deed.name}
    </Button>
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
    const inBody = fields.filter(({ isInPath }) => isInPath !== true);
    change.mutate(
      { path: pathWith(path, fields, values), body: { ...body, ...filledIn(inBody, values) } },
      { onSuccess: onDone },
    );
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
  return typeof kind === 'object' && 'oneOf' in kind ? (kind.oneOf[0] ?? '') : '';
}

function pathWith(path: string, fields: readonly Field[], values: Values): string {
  return fields
    .filter(({ isInPath }) => isInPath === true)
    .reduce(
      (given, { name }) => given.replace(`:${name}`, encodeURIComponent(values[name] ?? '')),
      path,
    );
}

/** What is left empty is not sent. */
function filledIn(fields: readonly Field[], values: Values): object {
  const filled = fields.flatMap(({ name, kind }): [string, string | number][] => {
    const value = (values[name] ?? '').trim();
    if (value === '') return [];
    if (isMoney(kind)) return [[name, Number(value)]];
    return [[name, kind === 'time' ? timeOf(value) : value]];
  });
  return Object.fromEntries(filled);
}

/** In UTC; what is no time is sent as it is, so that the API says what is wrong with it. */
function timeOf(value: string): string {
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? value : time.toISOString();
}

function isMoney(kind: Field['kind']): kind is { minorUnitsOf: string } {
  return typeof kind === 'object' && 'minorUnitsOf' in kind;
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
  if (isMoney(kind))
    return (
      <TextInput
        {...common}
        description={amountInWords(value, kind.minorUnitsOf)}
        inputMode="numeric"
        pattern="[0-9]+"
        title="Digits alone, such as 4999"
      />
    );
  if (typeof kind === 'object') return <NativeSelect {...common} data={[...kind.oneOf]} />;
  if (kind === 'words') return <Textarea {...common} autosize minRows={2} maxLength={500} />;
  return <TextInput {...common} type={TYPES[kind] ?? 'text'} />;
}

/** A hundred times too much is seen before it is sent. */
function amountInWords(value: string, currency: string): string {
  const minor = /^[0-9]+$/.test(value.trim()) ? Number(value) : null;
  return minor === null
    ? `4999 is ${moneyText(4999, currency)}`
    : `This is ${moneyText(minor, currency)}`;
}
