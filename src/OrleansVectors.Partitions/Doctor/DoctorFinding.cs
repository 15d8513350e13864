using OrleansVectors.Storage;

namespace OrleansVectors.Partitions.Doctor;

/// <summary>Something that an examination found.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="What">What it is about, such as <c>region vectors-0</c>.</param>
/// <param name="Place">Path of the file or folder, or key of the blob.</param>
/// <param name="Offset">Byte offset in the file; null where it is about the whole.</param>
/// <param name="Expected">What should be there; empty where nothing should.</param>
/// <param name="Found">What is there.</param>
/// <param name="Remedy">What happens by itself, or what can be done about it.</param>
public sealed record DoctorFinding(
    FindingSeverity Severity, string What, string Place, long? Offset, string Expected, string Found, string Remedy)
{
    /// <summary>A finding about damage.</summary>
    public static DoctorFinding Of(FindingSeverity severity, string what, StorageDamagedException damage, string remedy)
        => new(severity, what, damage.File, damage.Offset, damage.Expected, damage.Actual, remedy);

    /// <summary>A note about something that is in the way and may go.</summary>
    public static DoctorFinding Garbage(string what, string place, string found)
        => new(FindingSeverity.Note, what, place, Offset: null, Expected: "", found, "it may be deleted; a repair does that");
}
