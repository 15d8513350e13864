namespace OrleansVectors.Partitions.Filters;

/// <summary>
/// What counts as containing. This is how a field without a text index is compared: letter by letter, case and all. The
/// numbers are part of the filter encoding and never change.
/// </summary>
public enum MatchTextMode : byte
{
    /// <summary><c>text</c>: the text occurs in the value.</summary>
    All = 0,

    /// <summary><c>text_any</c>: a word of the text (split at white space) occurs in the value.</summary>
    AnyWord = 1,

    /// <summary><c>phrase</c>: the text occurs in the value.</summary>
    Phrase = 2,

    /// <summary><c>prefix</c>: the value starts with the text.</summary>
    Prefix = 3,
}
