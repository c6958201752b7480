/** The mark that stands for a payload nobody can decode: a value, where throwing would wedge the order. */
export const UNDECODABLE = '__payonce_undecodable__';
