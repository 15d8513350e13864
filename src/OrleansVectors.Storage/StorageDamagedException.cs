namespace OrleansVectors.Storage;

/// <summary>
/// Stored bytes are not what was written. Nothing is skipped or repaired by the code that throws this: whoever catches
/// it decides between a replica, a backup and a person.
/// </summary>
public abstract class StorageDamagedException : IOException
{
    /// <summary>Damage at a place in a file.</summary>
    /// <param name="what">What kind of file it is, for the message.</param>
    /// <param name="file">Path of the file.</param>
    /// <param name="offset">Byte offset in the file at which the damaged structure starts.</param>
    /// <param name="expected">What a sound file has there.</param>
    /// <param name="actual">What this one has.</param>
    protected StorageDamagedException(string what, string file, long offset, string expected, string actual)
        : base($"The {what} '{file}' is damaged at byte {offset}: expected {expected}, found {actual}.")
    {
        File = file;
        Offset = offset;
        Expected = expected;
        Actual = actual;
    }

    /// <summary>Damage at a place in something that is not a file.</summary>
    /// <param name="what">What kind of thing it is, for the message.</param>
    /// <param name="where">What it is called.</param>
    /// <param name="place">The damaged part of it.</param>
    /// <param name="expected">What a sound one has there.</param>
    /// <param name="actual">What this one has.</param>
    protected StorageDamagedException(string what, string where, string place, string expected, string actual)
        : base($"The {what} '{where}' is damaged at {place}: expected {expected}, found {actual}.")
    {
        File = where;
        Expected = expected;
        Actual = actual;
    }

    /// <summary>Path of the damaged file, or what else is damaged.</summary>
    public string File { get; }

    /// <summary>Byte offset at which the damaged structure starts; 0 for what is not a file.</summary>
    public long Offset { get; }

    /// <summary>What a sound file has there.</summary>
    public string Expected { get; }

    /// <summary>What this file has there.</summary>
    public string Actual { get; }
}
