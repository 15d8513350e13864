namespace OrleansVectors.Faults.Damage;

/// <summary>Files of a collection, by what they are for.</summary>
internal enum FileKind
{
    NewestLog,
    OlderLog,
    Segment,
    NewestManifest,
    OlderManifest,

    /// <summary>The control document that says that the collection exists.</summary>
    Document,
}
